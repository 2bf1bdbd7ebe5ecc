import assert from 'node:assert/strict';
import { LATENCY_MS } from '../../../src/protocol/timing';
import { LineLatency, LONGEST_TRIP_MS } from '../../../src/session/exchange/line-latency';

describe('what is known of the way to a chip', () => {
  it('is nothing at first, and what is usual at most is allowed for', () => {
    const line = new LineLatency();
    assert.equal(line.usual, null);
    assert.equal(line.least, 0);
    assert.equal(line.isLate, false);
    assert.equal(line.slowest, LATENCY_MS);
  });

  it('comes from short answers: the quickest, the slowest, and the median of many', () => {
    const line = new LineLatency();
    for (const took of [160, 240, 200]) line.learn(took);
    assert.deepEqual([line.least, line.usual, line.slowest], [160, 200, 240]);
    for (let answer = 0; answer < 8; answer++) line.learn(170);
    assert.deepEqual([line.least, line.usual, line.slowest], [170, 170, 170]);
  });

  it('leaves cables and adapters as they are', () => {
    const line = new LineLatency();
    for (const took of [1, 16, 29]) line.learn(took);
    assert.equal(line.isLate, false);
    assert.equal(line.slack, 0);
  });

  it('allows for as much again where little is known, and for the spread later', () => {
    const line = new LineLatency();
    line.learn(200);
    assert.equal(line.slack, 200);
    for (let answer = 0; answer < 8; answer++) line.learn(answer % 2 === 0 ? 200 : 380);
    assert.equal(line.slack, 180);
    for (let answer = 0; answer < 8; answer++) line.learn(400);
    assert.equal(line.slack, 100, 'some jitter is always expected');
  });

  it('is told by other things as well: at least so much', () => {
    const line = new LineLatency();
    line.isAtLeast(160);
    assert.deepEqual([line.least, line.isLate, line.usual], [160, true, null]);
    line.learn(40);
    assert.equal(line.least, 40, 'an answer tells it better');
    line.isAtLeast(500);
    assert.deepEqual([line.least, line.slowest], [40, 500], 'the line has become slower');
    assert.equal(line.latest, 40, 'which one alone does not say for sure');
  });

  it('doubles what is allowed for while nothing answers, up to the longest', () => {
    const line = new LineLatency();
    for (let question = 1; question <= 10; question++) line.allowMore();
    assert.equal(line.slowest, LONGEST_TRIP_MS);
    line.learn(5);
    assert.equal(line.slowest, 5);
    line.allowMore();
    assert.equal(line.slowest, 5, 'the line is known by now');
  });

  it('takes nothing from the answer to a call that was never made', () => {
    const line = new LineLatency();
    line.callAnswered(Number.POSITIVE_INFINITY);
    assert.equal(line.least, 0);
    line.callAnswered(250);
    assert.equal(line.least, 250);
  });

  it('counts how long answers were waited for because of it', () => {
    const line = new LineLatency();
    line.learn(100);
    line.wait(100);
    line.wait(4000);
    assert.equal(line.waited, 200, 'the rest was the work of the chip');
  });
});
