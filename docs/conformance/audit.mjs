// Runs the audits of graphql-http with an API key, and prints those that fail.
import { serverAudits } from 'graphql-http';

const audits = serverAudits({
  url: process.env.KANERA_GRAPHQL_URL,
  fetchFn: (url, init = {}) =>
    fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${process.env.KANERA_API_KEY}` } }),
});
let passed = 0;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status === 'ok') {
    passed++;
  } else {
    console.log(`${result.status} ${audit.id} ${audit.name}: ${result.reason}`);
  }
}
console.log(`${passed} of ${audits.length} audits passed`);
process.exitCode = passed === audits.length && passed > 0 ? 0 : 1;
