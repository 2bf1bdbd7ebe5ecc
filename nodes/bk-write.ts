import type { Node, NodeAPI } from 'node-red';
import { runJobs } from './shared/job-runner';
import { type WriteDef, writeOptions } from './shared/options/write-options';
import { serverLanguage } from './shared/server-language';

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkWriteNode(this: Node, def: WriteDef): void {
    RED.nodes.createNode(this, def);
    runJobs(RED, language, this, def, {
      operation: 'write',
      prepare: (msg) => {
        const options = writeOptions(RED, this, def, msg);
        return (device, control) => device.write(options, control);
      },
      doneText: (summary) => (summary.verified ? 'writeDone' : 'planned'),
    });
  }

  RED.nodes.registerType('bk-write', BkWriteNode);
};
