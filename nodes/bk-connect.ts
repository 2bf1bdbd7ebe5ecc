import type { Node, NodeAPI } from 'node-red';
import { connectKind } from './shared/job-kinds';
import { runJobs } from './shared/job-runner';
import { serverLanguage } from './shared/server-language';
import type { Saved } from './shared/settings';

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkConnectNode(this: Node, def: Saved<'device'>): void {
    RED.nodes.createNode(this, def);
    runJobs(RED, language, this, def, connectKind());
  }

  RED.nodes.registerType('bk-connect', BkConnectNode);
};
