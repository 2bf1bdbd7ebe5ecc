import type { Node, NodeAPI } from 'node-red';
import { BkError, type Device } from '../../src';

/** What the config node offers to flow nodes. */
export interface DeviceNode extends Node {
  /**
   * The chip on the device's own port, or on another one with the same settings.
   * @throws BkError BK_BAD_SETTING when the settings cannot be used
   */
  use(port?: string): Device;
}

/** @throws BkError BK_BAD_SETTING when the flow names no device, or one that is missing or disabled */
export function findDevice(RED: NodeAPI, id: unknown): DeviceNode {
  const node = typeof id === 'string' ? (RED.nodes.getNode(id) as DeviceNode | null) : null;
  if (typeof node?.use === 'function') return node;
  throw new BkError(
    'BK_BAD_SETTING',
    'No device is set, or it is disabled or missing; the job was not begun.',
    { phase: 'open', advice: ['Open the node, choose or add a device, and deploy.'] },
  );
}
