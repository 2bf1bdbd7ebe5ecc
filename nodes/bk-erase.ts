import type { Node, NodeAPI } from 'node-red';
import { eraseKind } from './shared/job-kinds';
import { runJobs } from './shared/job-runner';
import { type EraseDef, eraseOptions } from './shared/options/erase-options';
import { serverLanguage } from './shared/server-language';

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkEraseNode(this: Node, def: EraseDef): void {
    RED.nodes.createNode(this, def);
    const kind = eraseKind((msg) => eraseOptions(RED, this, def, msg));
    runJobs(RED, language, this, def, kind);
  }

  RED.nodes.registerType('bk-erase', BkEraseNode);
};
