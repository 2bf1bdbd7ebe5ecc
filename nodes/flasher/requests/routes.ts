import type { NextFunction, Request, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { say } from '../../../src';
import { asBkError } from '../../shared/errors';
import { shownError } from '../shown';
import { Refusal } from './refusal';

/** What a request is answered with, as JSON; undefined for nothing but "done". */
type Answer = (request: Request) => unknown;

/** Refused is what a form, a picture or a script of another site's page can send without asking. */
type Content = 'application/json' | 'application/octet-stream';

/** What some requests need besides. */
interface Also {
  permission: string;
  /** Which requests do; nothing of them has been checked yet. */
  when(request: Request): boolean;
}

/**
 * The admin routes of this package, each with its permission. Whoever looks needs `bk72xx.read`, whoever changes
 * something `bk72xx.write`; a request that changes something has to be one that no other site's page can send.
 */
export class Routes {
  readonly #RED: NodeAPI;

  constructor(RED: NodeAPI) {
    this.#RED = RED;
  }

  get(path: string, answer: Answer): void {
    const mayRead = this.#RED.auth.needsPermission('bk72xx.read');
    this.#RED.httpAdmin.get(`/bk72xx/${path}`, mayRead, this.#answering(answer));
  }

  post(path: string, content: Content, answer: Answer, also?: Also): void {
    const checked: Answer = (request) => {
      mustBeOwnSite(request);
      mustBe(content, request);
      return answer(request);
    };
    const mayWrite = this.#RED.auth.needsPermission('bk72xx.write');
    const may = also === undefined ? [mayWrite] : [mayWrite, this.#mayAlso(also)];
    this.#RED.httpAdmin.post(`/bk72xx/${path}`, ...may, this.#answering(checked));
  }

  #mayAlso({ permission, when }: Also) {
    const may = this.#RED.auth.needsPermission(permission);
    return (request: Request, response: Response, next: NextFunction): void => {
      if (when(request)) may(request, response, next);
      else next();
    };
  }

  /** Nothing has to be sent with it; what is sent has to be JSON. */
  delete(path: string, answer: Answer): void {
    const checked: Answer = (request) => {
      mustBeOwnSite(request);
      if (request.headers['content-type'] !== undefined) mustBe('application/json', request);
      return answer(request);
    };
    const mayWrite = this.#RED.auth.needsPermission('bk72xx.write');
    this.#RED.httpAdmin.delete(`/bk72xx/${path}`, mayWrite, this.#answering(checked));
  }

  #answering(answer: Answer): (request: Request, response: Response) => void {
    return (request, response) => {
      // Not async: a rejected promise of a handler ends the whole of Node-RED.
      const answered = async () => answer(request);
      answered().then(
        (value) => send(response, value),
        (error) => this.#refuse(response, error),
      );
    };
  }

  #refuse(response: Response, thrown: unknown): void {
    if (thrown instanceof Refusal) {
      sendError(response, thrown.status, thrown.shown);
      return;
    }
    const error = asBkError(thrown);
    const isOurs = error.code === 'BK_INTERNAL';
    if (isOurs) this.#RED.log.error(`[bk72xx] ${error.stack}`);
    sendError(response, isOurs ? 500 : 400, error);
  }
}

function send(response: Response, value: unknown): void {
  response.set('Cache-Control', 'no-store');
  if (value === undefined) response.status(204).end();
  else response.json(value);
}

function sendError(response: Response, status: number, error: Refusal['shown']): void {
  response.status(status).set('Cache-Control', 'no-store').json(shownError(error));
}

/** Browsers tell it by themselves, and no page can change it; what is no browser does not. */
function mustBeOwnSite({ headers }: Request): void {
  const from = headers['sec-fetch-site'] ?? 'none';
  if (from !== 'same-origin' && from !== 'none')
    throw new Refusal(403, say('flasher.otherSite'), say('flasher.useEditor'));
}

function mustBe(wanted: Content, { headers }: Request): void {
  const given = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (given === wanted) return;
  const shown = /^[\w.+/-]{1,60}$/.test(given) ? given : '""';
  throw new Refusal(
    415,
    say('flasher.wrongType', { given: shown, wanted }),
    say('flasher.useEditor'),
  );
}
