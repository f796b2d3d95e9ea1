// PostGraphile as its documentation runs it as a library: the Amber preset on node:http, with production settings, in as
// many processes as PROCESSES says. It serves no page, explains and watches nothing.
import cluster from "node:cluster";
import { createServer } from "node:http";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

const { DATABASE_URL, HOST, PORT, PROCESSES, POOL } = process.env;

if (cluster.isPrimary && Number(PROCESSES) > 1) {
  for (let i = 0; i < Number(PROCESSES); i++) cluster.fork();
  cluster.on("exit", () => process.exit(1));
} else {
  const pgl = postgraphile({
    extends: [PostGraphileAmberPreset],
    pgServices: [makePgService({ connectionString: DATABASE_URL, schemas: ["public", "peers"], poolConfig: { max: Number(POOL) } })],
    grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, websockets: false },
    grafast: { explain: false },
    disablePlugins: ["PgIndexBehaviorsPlugin"],
    schema: { defaultBehavior: "+list" },
  });
  const server = createServer({ keepAliveTimeout: 60_000 });
  await pgl.createServ(grafserv).addTo(server);
  server.listen(Number(PORT), HOST);
}
