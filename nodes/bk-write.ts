import type { Node, NodeAPI } from 'node-red';
import { summaryIn, type WriteSummary } from '../src';
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
      doneText,
      inLanguage: summaryIn,
    });
  }

  RED.nodes.registerType('bk-write', BkWriteNode);
};

/** What the badge says; that nothing was heard is no news. */
function doneText({ verified, startCheck }: WriteSummary): string {
  if (!verified) return 'planned';
  if (startCheck?.result === 'restarts') return 'writeRestarts';
  return startCheck?.result === 'started' ? 'writeStarted' : 'writeDone';
}
