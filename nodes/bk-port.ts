import type { Node, NodeAPI, NodeMessage, NodeStatus } from 'node-red';
import { type BkError, render } from '../src';
import { asBkError, logInternal } from './shared/errors';
import { forNodeRed } from './shared/failure-card';
import { networkSource } from './shared/network-source';
import { adapterSource, type FoundPort, type PortSource, passes } from './shared/port-sources';
import { serverLanguage } from './shared/server-language';
import { choice, flag, type Saved, seconds, text } from './shared/settings';
import { StatusTexts } from './shared/status';

type PortDef = Saved<
  'source' | 'hosts' | 'interval' | 'filter' | 'tellOf' | 'alreadyThere' | 'settle'
>;

interface Settings {
  source: PortSource;
  filter: string;
  tellOf: 'appeared' | 'gone' | 'both';
  alreadyThere: boolean;
}

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);
  /** Nodes of a flow that is being started: what they would send now, others might not be there to take. */
  const starting = new Set<() => void>();

  function whenFlowsRun(begin: () => void): void {
    if (starting.size === 0) {
      RED.events.once('flows:started', () => {
        const all = [...starting];
        starting.clear();
        for (const one of all) one();
      });
    }
    starting.add(begin);
  }

  function BkPortNode(this: Node, def: PortDef): void {
    RED.nodes.createNode(this, def);
    const texts = new StatusTexts(RED);
    const present = new Map<string, FoundPort>();
    let settings: Settings | null = null;
    let refusal: BkError | null = null;
    let stop = (): void => {};
    let isClosed = false;

    const show = (status: NodeStatus): void => {
      if (!isClosed) this.status(status);
    };
    const told = (thrown: unknown): Error => {
      const error = asBkError(thrown).in(language);
      logInternal(RED, this, error);
      show(texts.failed(error));
      return forNodeRed(error, language);
    };
    const tell = (topic: 'appeared' | 'gone', { port, payload }: FoundPort, more = {}): void => {
      this.send([{ topic, port, payload: { ...payload, ...more } } as NodeMessage, null]);
    };

    const begin = ({ source, filter, tellOf, alreadyThere }: Settings): void => {
      show(texts.ports(0));
      stop = source.watch({
        appeared: (found, wasThere) => {
          if (!passes(filter, found)) return;
          present.set(found.key, found);
          show(wasThere ? texts.ports(present.size) : texts.portAppeared(present.size, found.name));
          if (tellOf === 'gone' || (wasThere && !alreadyThere)) return;
          tell('appeared', found, { alreadyThere: wasThere });
        },
        gone: (found) => {
          if (!present.delete(found.key)) return;
          show(texts.portGone(present.size, found.name));
          if (tellOf !== 'appeared') tell('gone', found);
        },
        // With a message, so that Catch nodes hear of it.
        failed: (error) => this.error(told(error), {} as NodeMessage),
        warned: (note) => this.warn(render(note, language)),
      });
    };

    try {
      settings = readSettings(def);
    } catch (thrown) {
      refusal = asBkError(thrown);
    }
    const start = (): void => {
      if (settings !== null) begin(settings);
      else if (refusal !== null) this.error(told(refusal), {} as NodeMessage);
    };
    whenFlowsRun(start);

    // Not async: a rejected promise of an input handler ends the whole of Node-RED.
    this.on('input', (msg, send, done) => {
      if (settings === null) {
        done(told(refusal));
        return;
      }
      const { source, filter } = settings;
      source
        .list()
        .then((all) => all.filter((found) => passes(filter, found)))
        .then(
          (found) => {
            send([null, { ...msg, payload: found.map(({ payload }) => payload) } as NodeMessage]);
            done();
          },
          (thrown) => done(told(thrown)),
        )
        .catch((thrown) => done(told(thrown)));
    });

    this.on('close', (_removed: boolean, done: () => void) => {
      starting.delete(start);
      stop();
      this.status({});
      isClosed = true;
      done();
    });
  }

  RED.nodes.registerType('bk-port', BkPortNode);
};

/** @throws BkError BK_BAD_SETTING */
function readSettings(def: PortDef): Settings {
  const settleMs = 1000 * seconds('settle', def.settle, 1);
  const intervalMs = 1000 * seconds('interval', def.interval, 300);
  const hosts = text('hosts', def.hosts);
  const isNetwork = choice('source', def.source, ['adapters', 'network'], 'adapters') === 'network';
  return {
    source: isNetwork ? networkSource(hosts, intervalMs) : adapterSource(settleMs),
    filter: text('filter', def.filter),
    tellOf: choice('tellOf', def.tellOf, ['appeared', 'gone', 'both'], 'appeared'),
    alreadyThere: flag('alreadyThere', def.alreadyThere, false),
  };
}
