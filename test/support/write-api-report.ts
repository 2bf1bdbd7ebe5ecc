import { API_REPORT, checkApiReport } from './api-report';

const same = checkApiReport({ write: true });
console.log(same ? `${API_REPORT} is up to date` : `${API_REPORT} was written anew`);
