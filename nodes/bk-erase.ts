import type { Node, NodeAPI } from 'node-red';
import { runJobs } from './shared/job-runner';
import { type EraseDef, eraseOptions } from './shared/options/erase-options';
import { serverLanguage } from './shared/server-language';

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkEraseNode(this: Node, def: EraseDef): void {
    RED.nodes.createNode(this, def);
    runJobs(RED, language, this, def, {
      operation: 'erase',
      prepare: (msg) => {
        const options = eraseOptions(RED, this, def, msg);
        return (device, control) => device.erase(options, control);
      },
      doneText: (summary) => (summary.verified ? 'eraseDone' : 'planned'),
    });
  }

  RED.nodes.registerType('bk-erase', BkEraseNode);
};
