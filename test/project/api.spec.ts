import assert from 'node:assert/strict';
import { API_REPORT, checkApiReport } from '../support/api-report';

describe('the public API', function () {
  this.timeout(60_000);

  it('is what its report says; "npm run api" writes that anew where a change is meant', () => {
    assert.ok(checkApiReport({ write: false }), `${API_REPORT} is not what the engine exports now`);
  });
});
