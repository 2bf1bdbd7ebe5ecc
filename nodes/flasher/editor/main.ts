/** All that the editor loads of this package beside the forms: one script, made of these files. */
import { editor } from './base/node-red';
import { text } from './base/texts';
import { forms } from './forms/forms';
import { Panel } from './panel/panel';

/** What the pages of the package call, which hold as little script as can be. */
const bkFlasher = {
  forms,

  /** Adds the tab "BK flasher" to the sidebar; called when the editor takes the plugin. */
  addSidebar(): void {
    const panel = new Panel();
    editor().sidebar.addTab({
      id: 'bk-flasher',
      label: text('tab'),
      name: text('tab'),
      content: panel.root,
      iconClass: 'fa fa-microchip',
      enableOnEdit: true,
    });
    panel.start();
  },
};

Object.assign(window, { bkFlasher });
