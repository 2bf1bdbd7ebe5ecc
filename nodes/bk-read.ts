import type { Node, NodeAPI } from 'node-red';
import { runJobs } from './shared/job-runner';
import { type ReadDef, readOptions } from './shared/options/read-options';
import { serverLanguage } from './shared/server-language';

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkReadNode(this: Node, def: ReadDef): void {
    RED.nodes.createNode(this, def);
    runJobs(RED, language, this, def, {
      operation: 'read',
      prepare: (msg) => {
        const options = readOptions(RED, this, def, msg);
        return (device, control) => device.read(options, control);
      },
      doneText: () => 'readDone',
    });
  }

  RED.nodes.registerType('bk-read', BkReadNode);
};
