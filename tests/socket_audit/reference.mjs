// The reference server of graphql-transport-ws over the audits' schema: prints the port that it listens on.
// What the schema does is written once more, for our server, in served_schema.py.
import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const [initSeconds] = process.argv.slice(2);
const text = new GraphQLNonNull(GraphQLString);
const number = new GraphQLNonNull(GraphQLInt);

let ended = 0;
let release = () => {};

async function* countTo(to) {
  for (let at = 1; at <= to; at += 1) yield { count: at };
}
/** Yields once, and then waits. By hand, since a generator that waits cannot be ended before it goes on. */
function forever() {
  let count = 0;
  let end = () => {};
  return {
    [Symbol.asyncIterator]() { return this; },
    next() {
      count += 1;
      if (count === 1) return Promise.resolve({ done: false, value: { forever: 1 } });
      return new Promise((resolve) => { end = () => resolve({ done: true, value: undefined }); });
    },
    return() {
      ended += 1;
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
async function* breaks() {
  yield { breaks: 1 };
  throw new Error('broken');
}
async function* event() {
  yield { event: { value: 1 } };
  yield { event: { value: 2 } };
}

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      hello: { type: text, args: { name: { type: GraphQLString } }, resolve: (_, { name }) => `hello ${name ?? 'you'}` },
      double: { type: number, args: { of: { type: number } }, resolve: (_, { of }) => 2 * of },
      slow: { type: text, resolve: () => new Promise((resolve) => { release = () => resolve('at last'); }) },
      fails: { type: GraphQLString, resolve: () => { throw new Error('failed'); } },
      ended: { type: number, resolve: () => ended },
    },
  }),
  mutation: new GraphQLObjectType({
    name: 'Mutation',
    fields: { release: { type: number, resolve: () => { release(); return 1; } } },
  }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      count: { type: number, args: { to: { type: number } }, subscribe: (_, { to }) => countTo(to) },
      forever: { type: number, subscribe: forever },
      breaks: { type: number, subscribe: breaks },
      refused: { type: number, subscribe: async () => { throw new Error('refused'); } },
      event: {
        type: new GraphQLObjectType({
          name: 'Event',
          fields: {
            value: { type: number },
            fails: { type: GraphQLString, resolve: () => { throw new Error('failed'); } },
          },
        }),
        subscribe: event,
      },
    },
  }),
});

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/graphql' });
useServer({
  schema,
  connectionInitWaitTimeout: Number(initSeconds) * 1000,
  onConnect: ({ connectionParams }) => connectionParams?.authorization === undefined,
}, server);
server.on('listening', () => console.log(server.address().port));
