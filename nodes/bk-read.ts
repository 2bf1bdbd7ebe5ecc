import type { Node, NodeAPI } from 'node-red';
import { readKind } from './shared/job-kinds';
import { runJobs } from './shared/job-runner';
import { type ReadDef, readOptions } from './shared/options/read-options';
import { serverLanguage } from './shared/server-language';

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkReadNode(this: Node, def: ReadDef): void {
    RED.nodes.createNode(this, def);
    const kind = readKind((msg) => readOptions(RED, this, def, msg));
    runJobs(RED, language, this, def, kind);
  }

  RED.nodes.registerType('bk-read', BkReadNode);
};
