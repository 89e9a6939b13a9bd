// A caller that is not .NET: node tests/npm/client.mjs PROTO-FOLDER HOST:PORT
// Prints one JSON object with what each method answered; a failure ends it with exit code 1. NODE_PATH names the folder of packages.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.NODE_PATH}/`);
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [folder, target] = process.argv.slice(2);
const definition = loader.loadSync('acquireinfra/enrichment/v1/enrichment.proto', {
  includeDirs: [folder], keepCase: true, enums: String, longs: Number, defaults: false,
});
const { EnrichmentService } = grpc.loadPackageDefinition(definition).acquireinfra.enrichment.v1;
const client = new EnrichmentService(target, grpc.credentials.createInsecure());
const deadline = () => ({ deadline: Date.now() + 20_000 });
const call = (method, request) => new Promise((resolve, reject) =>
  client[method](request, deadline(), (error, answer) => error ? reject(error) : resolve(answer)));

async function stream(requests) {
  const answers = [];
  const batches = client.StreamScoreIp(deadline());
  requests.forEach(request => batches.write(request));
  batches.end();
  for await (const answer of batches) answers.push(answer);
  return answers;
}

async function firstSnapshot() {
  const watch = client.WatchSnapshots({});
  watch.on('error', () => {}); // our own cancel
  for await (const { snapshot } of watch) {
    watch.cancel();
    return snapshot;
  }
}

const refused = await call('ScoreIp', { ip: 'nonsense' }).catch(error => error);
const octets = Buffer.from([159, 65, 1, 1]);
console.log(JSON.stringify({
  text: await call('ScoreIp', { ip: '159.65.1.1' }),
  octets: await call('ScoreIp', { octets, detail: 'DETAIL_EXPLAINED' }),
  refused: { code: grpc.status[refused.code], details: refused.metadata.get('grpc-status-details-bin').length },
  batch: await call('BatchScoreIp', { items: [{ ip: '159.65.1.1', id: 'a' }, { ip: 'nonsense', id: 'b' }] }),
  stream: await stream([
    { correlation_id: '1', ips: ['159.65.1.1'] },
    { correlation_id: '2' },
    { correlation_id: '3', packed: { ipv4: [octets.readUInt32BE()] } },
  ]),
  asn: await call('GetAsn', { asn: 14061 }),
  snapshot: await call('GetSnapshot', {}),
  watched: await firstSnapshot(),
}));
client.close();
