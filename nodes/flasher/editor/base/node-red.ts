/** What is used here of Node-RED's editor, which ships no types of its own. */
export interface NodeRedEditor {
  /** Translates `namespace:key`; the key comes back where there is no text. */
  _(key: string, values?: Readonly<Record<string, string | number>>): string;
  comms: {
    subscribe(topic: string, listener: (topic: string, data: unknown) => void): void;
    unsubscribe(topic: string, listener: (topic: string, data: unknown) => void): void;
    /** `connect`: the line to the server stands (again). */
    on(event: 'connect', listener: () => void): void;
  };
  user: {
    /** Whether who is logged in may do this; everybody may where nobody has to log in. */
    hasPermission(permission: string): boolean;
  };
  editor: {
    /** Opens the dialog of a configuration node; `_ADD_` makes a new one. */
    editConfig(property: '', type: string, id: '_ADD_'): void;
  };
  sidebar: {
    addTab(tab: SidebarTab): void;
    show(id: string): void;
  };
}

interface SidebarTab {
  id: string;
  label: string;
  name: string;
  content: HTMLElement;
  iconClass: string;
  /** Stays usable while a node is edited. */
  enableOnEdit: boolean;
}

interface AjaxSettings {
  url: string;
  method: string;
  data?: string | Blob;
  contentType?: string | false;
  processData?: boolean;
  cache?: boolean;
}

/** The part of an answer of the editor's jQuery that is read here. */
interface AjaxAnswer {
  status: number;
  responseText?: string;
}

export interface EditorQuery {
  /** The editor adds the token of who is logged in to every request that is made with it. */
  ajax(settings: AjaxSettings): {
    done(listener: (data: unknown) => void): unknown;
    fail(listener: (answer: AjaxAnswer) => void): unknown;
  };
}

// Globals of the page.
declare const RED: NodeRedEditor;
declare const $: EditorQuery;

/** Looked up when they are needed: the editor makes them while it loads. */
export function editor(): NodeRedEditor {
  return RED;
}

export function query(): EditorQuery {
  return $;
}
