// Receives the deliveries of the program it is given and lets the published packages verify them as they came: with
// every live secret, and not with another secret, another body or another id. Kanera's own signature is checked too.
import { createHmac, randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';

const received = new Map();
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  received.set(request.headers['webhook-id'], { headers: request.headers, body: Buffer.concat(chunks) });
  response.end();
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const { stdout } = await promisify(execFile)(process.argv[2], [`http://127.0.0.1:${server.address().port}/`]);
server.close();

let checks = 0;
let failures = 0;
const expect = (what, holds) => {
  checks++;
  if (!holds) {
    failures++;
    console.log(`failed: ${what}`);
  }
};
const verifies = (Webhook, secret, { headers, body }) => {
  try {
    new Webhook(secret).verify(body.toString(), headers);
    return true;
  } catch (error) {
    if (error.message === 'No matching signature found') {
      return false;
    }
    throw error;
  }
};
const kanera = (secret, { headers, body }) =>
  'sha256=' + createHmac('sha256', secret).update(`${headers['x-kanera-timestamp']}.`).update(body).digest('hex');

const deliveries = stdout.trim().split('\n').map((line) => JSON.parse(line));
for (const { id, secrets } of deliveries) {
  const delivery = received.get(id);
  const during = secrets.length > 1 ? 'during a rotation' : 'with one secret';
  const tampered = { ...delivery, body: Buffer.from(delivery.body.toString().replace('comment', 'Comment')) };
  const renamed = { ...delivery, headers: { ...delivery.headers, 'webhook-id': id.replace('0199', '0198') } };
  const stranger = 'whsec_' + randomBytes(32).toString('base64');
  for (const [name, Webhook] of Object.entries({ standardwebhooks: StandardWebhook, svix: SvixWebhook })) {
    for (const secret of secrets) {
      expect(`${name} verifies ${during}`, verifies(Webhook, secret, delivery));
      expect(`${name} refuses another body ${during}`, !verifies(Webhook, secret, tampered));
      expect(`${name} refuses another id ${during}`, !verifies(Webhook, secret, renamed));
    }
    expect(`${name} refuses another secret ${during}`, !verifies(Webhook, stranger, delivery));
  }
  expect(`X-Kanera-Signature ${during}`, delivery.headers['x-kanera-signature'] === kanera(secrets[0], delivery));
  expect(`X-Kanera-Signature-Previous ${during}`,
    delivery.headers['x-kanera-signature-previous'] === (secrets[1] && kanera(secrets[1], delivery)));
}
const sent = deliveries.filter(({ secrets }) => secrets.length === 1).length;
expect('deliveries of both kinds arrived', sent > 0 && sent < deliveries.length && received.size === deliveries.length);
console.log(`${deliveries.length} deliveries: ${checks - failures} of ${checks} checks passed`);
process.exitCode = failures === 0 ? 0 : 1;
