// Runs the audits of GraphQL over HTTP against the server at the URL given, and prints them as JSON: one object an audit.
import { auditServer } from 'graphql-http';

const [url] = process.argv.slice(2);
const results = await auditServer({ url });
const shown = await Promise.all(
  results.map(async ({ id, name, status, reason, response }) => ({
    id,
    name,
    status,
    reason: reason ?? null,
    answered: response ? { status: response.status, body: await response.text().catch(() => null) } : null,
  })),
);
console.log(JSON.stringify(shown));
