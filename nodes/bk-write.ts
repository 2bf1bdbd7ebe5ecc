import type { Node, NodeAPI } from 'node-red';
import { writeKind } from './shared/job-kinds';
import { runJobs } from './shared/job-runner';
import { type WriteDef, writeOptions } from './shared/options/write-options';
import { serverLanguage } from './shared/server-language';

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkWriteNode(this: Node, def: WriteDef): void {
    RED.nodes.createNode(this, def);
    const kind = writeKind((msg) => writeOptions(RED, this, def, msg));
    runJobs(RED, language, this, def, kind);
  }

  RED.nodes.registerType('bk-write', BkWriteNode);
};
