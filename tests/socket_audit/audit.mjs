// Plays the part of clients of graphql-transport-ws against the server at the URL given, one script after the other, and
// prints what each of them saw as JSON. Whether that is right is for the test to say: it compares two servers.
import WebSocket from 'ws';

const PROTOCOL = 'graphql-transport-ws';
const INIT = { type: 'connection_init' };
const WAIT = 20_000;
const [url] = process.argv.slice(2);

/** One WebSocket: `seen` is what the server sent, in order, the end of it among that. */
class Client {
  constructor(protocols) {
    this.seen = [];
    this.fences = 0;
    this.wake = () => {};
    this.socket = new WebSocket(url, protocols);
    this.socket.on('message', (data) => this.see(shown(JSON.parse(data))));
    this.socket.on('close', (code, reason) => this.see({ closed: code, reason: String(reason) }));
    this.socket.on('error', (error) => this.see({ failed: error.message }));
    this.opened = new Promise((resolve) => this.socket.on('open', resolve));
  }

  /** Be acknowledged. */
  async start() {
    await this.opened;
    this.send(INIT);
    await this.until((entry) => entry.type === 'connection_ack');
  }

  see(entry) {
    this.seen.push(entry);
    this.wake();
  }

  /** Send messages, objects as JSON. */
  send(...messages) {
    for (const each of messages) {
      this.socket.send(typeof each === 'string' || Buffer.isBuffer(each) ? each : JSON.stringify(each));
    }
  }

  /** Until something that was seen fits, or the socket is closed. */
  async until(fits) {
    const deadline = Date.now() + WAIT;
    while (!this.seen.some((entry) => entry.closed || fits(entry))) {
      if (Date.now() > deadline) {
        this.seen.push({ waited: 'in vain' });
        return;
      }
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.wake = () => { clearTimeout(timer); resolve(); };
      });
    }
  }

  /** Until the server has taken all that was sent before, and had time to answer it. */
  async fence() {
    for (let round = 0; round < 3; round += 1) {
      const name = `fence ${(this.fences += 1)}`;
      if (this.socket.readyState !== WebSocket.OPEN) break;
      this.send({ type: 'ping', payload: { name } });
      await this.until((entry) => entry.payload?.name === name);
    }
    this.seen = this.seen.filter((entry) => !entry.payload?.name?.startsWith('fence '));
  }

  async closed() {
    await this.until(() => false);
  }
}

/** A message as it is compared: errors by their number, since each server words them in its own way. */
function shown(message) {
  const { payload, ...rest } = message;
  if (payload === undefined) return rest;
  if (Array.isArray(payload)) return { ...rest, payload: { errors: payload.length } };
  const { errors, extensions, ...data } = payload;
  return { ...rest, payload: errors ? { ...data, errors: errors.length } : data };
}

function subscribe(id, query, more = {}) {
  return { id, type: 'subscribe', payload: { query, ...more } };
}

const isLast = (id) => (entry) => entry.id === id && entry.type !== 'next';
const isFirst = (id) => (entry) => entry.id === id;

/** Scripts that send some messages and end with the socket closed, or with all of them answered. */
function sending(...messages) {
  return async (client) => {
    await client.opened;
    client.send(...messages);
    await client.fence();
  };
}

/** Scripts that do the same once they are acknowledged. */
function sendingThen(...messages) {
  return async (client) => {
    await client.start();
    client.send(...messages);
    await client.fence();
  };
}

/** Scripts that ask one thing, and see it to its end. */
function asking(query, more) {
  return async (client) => {
    await client.start();
    client.send(subscribe('1', query, more));
    await client.until(isLast('1'));
    await client.fence();
  };
}

const checks = {
  'the protocol is taken': [[PROTOCOL], async (client) => {
    await client.opened;
    client.see({ protocol: client.socket.protocol });
  }],
  'the protocol is taken among others': [['graphql-ws', PROTOCOL, 'soap'], async (client) => {
    await client.opened;
    client.see({ protocol: client.socket.protocol });
  }],
  'no protocol is not acceptable': [[], (client) => client.closed()],
  'the legacy protocol is refused': [['graphql-ws'], (client) => client.closed()],

  'init is acknowledged': [[PROTOCOL], sending(INIT)],
  'init with a payload is acknowledged': [[PROTOCOL], sending({ ...INIT, payload: { some: 'thing' } })],
  'init with a null payload is acknowledged': [[PROTOCOL], sending({ ...INIT, payload: null })],
  'init with a text for a payload is invalid': [[PROTOCOL], sending({ ...INIT, payload: 'text' })],
  'init with a list for a payload is invalid': [[PROTOCOL], sending({ ...INIT, payload: [] })],
  'init with a token that is not known is forbidden': [[PROTOCOL], sending({ ...INIT, payload: { authorization: 'Bearer wrong' } })],
  'a second init is one too many': [[PROTOCOL], sendingThen(INIT)],
  'without init the socket is closed': [[PROTOCOL], (client) => client.closed()],

  'a ping is answered before init': [[PROTOCOL], sending({ type: 'ping' })],
  'a ping with a payload is answered with it': [[PROTOCOL], sendingThen({ type: 'ping', payload: { at: 1 } })],
  'a ping with a null payload is answered without': [[PROTOCOL], sending({ type: 'ping', payload: null })],
  'a ping with a text for a payload is invalid': [[PROTOCOL], sending({ type: 'ping', payload: 'text' })],
  'a pong that nobody asked for is fine': [[PROTOCOL], sendingThen({ type: 'pong', payload: { at: 1 } })],

  'what is no JSON is invalid': [[PROTOCOL], sendingThen('{')],
  'a list is invalid': [[PROTOCOL], sendingThen('[]')],
  'null is invalid': [[PROTOCOL], sendingThen('null')],
  'a message without a type is invalid': [[PROTOCOL], sendingThen({ id: '1' })],
  'a message of an unknown type is invalid': [[PROTOCOL], sendingThen({ type: 'start', id: '1' })],
  'a message that servers send is unexpected': [[PROTOCOL], sendingThen({ type: 'connection_ack' })],
  'a result from a client is unexpected': [[PROTOCOL], sendingThen({ type: 'next', id: '1', payload: {} })],
  'a result without an id is invalid': [[PROTOCOL], sendingThen({ type: 'next', payload: {} })],
  'bytes are read as text': [[PROTOCOL], sending(Buffer.from(JSON.stringify(INIT)))],

  'asking before init is not authorised': [[PROTOCOL], sending(subscribe('1', '{ hello }'))],
  'asking without an id is invalid': [[PROTOCOL], sendingThen(subscribe(undefined, '{ hello }'))],
  'asking with an empty id is invalid': [[PROTOCOL], sendingThen(subscribe('', '{ hello }'))],
  'asking with a number for an id is invalid': [[PROTOCOL], sendingThen(subscribe(1, '{ hello }'))],
  'asking without a payload is invalid': [[PROTOCOL], sendingThen({ id: '1', type: 'subscribe' })],
  'asking without a query is invalid': [[PROTOCOL], sendingThen(subscribe('1', undefined))],
  'variables that are no object are invalid': [[PROTOCOL], sendingThen(subscribe('1', '{ hello }', { variables: [] }))],
  'an operationName that is no text is invalid': [[PROTOCOL], sendingThen(subscribe('1', '{ hello }', { operationName: 1 }))],
  'extensions that are no object are invalid': [[PROTOCOL], sendingThen(subscribe('1', '{ hello }', { extensions: 'x' }))],
  'nulls for what may be left away are fine': [[PROTOCOL], asking('{ hello }', { variables: null, operationName: null, extensions: null })],
  'completing without an id is invalid': [[PROTOCOL], sendingThen({ type: 'complete' })],
  'completing what is unknown is fine': [[PROTOCOL], sendingThen({ type: 'complete', id: '1' })],

  'a query has one result': [[PROTOCOL], asking('query A($name: String) { hello(name: $name) }', { variables: { name: 'me' } })],
  'a mutation has one result': [[PROTOCOL], asking('mutation { release }')],
  'a subscription has a result for each event': [[PROTOCOL], asking('subscription { count(to: 3) }')],
  'a subscription without events is completed': [[PROTOCOL], asking('subscription { count(to: 0) }')],
  'one of several operations is chosen': [[PROTOCOL], asking('query A { hello } query B { double(of: 2) }', { operationName: 'B' })],
  'an error of a field comes with the data': [[PROTOCOL], asking('{ hello fails }')],
  'an error of a field in an event comes with the data': [[PROTOCOL], asking('subscription { event { value fails } }')],
  'an invalid document has errors and no result': [[PROTOCOL], asking('{ nonsense }')],
  'an unknown operation is an error': [[PROTOCOL], asking('query A { hello }', { operationName: 'B' })],
  'several operations and none chosen is an error': [[PROTOCOL], asking('query A { hello } query B { hello }')],
  'a document that cannot be parsed closes the socket': [[PROTOCOL], asking('{ hello')],
  'an empty document closes the socket': [[PROTOCOL], asking('')],
  'wrong variables of a query are a result': [[PROTOCOL], asking('query A($of: Int!) { double(of: $of) }', { variables: { of: 'x' } })],
  'wrong variables of a subscription are a result': [[PROTOCOL], asking('subscription A($to: Int!) { count(to: $to) }')],
  'a subscription that does not begin is a result': [[PROTOCOL], asking('subscription { refused }')],
  'a subscription that breaks ends with an error': [[PROTOCOL], asking('subscription { breaks }')],

  'an id that is in use closes the socket': [[PROTOCOL], async (client) => {
    await client.start();
    client.send(subscribe('1', 'subscription { forever }'));
    await client.until(isFirst('1'));
    client.send(subscribe('1', '{ hello }'));
    await client.closed();
  }],
  'an id may be used again when the server is done': [[PROTOCOL], async (client) => {
    await client.start();
    client.send(subscribe('1', '{ hello }'));
    await client.until(isLast('1'));
    client.send(subscribe('1', '{ double(of: 1) }'));
    await client.until((entry) => entry.payload?.data?.double === 2);
    await client.fence();
  }],
  'an id may be used again after an error': [[PROTOCOL], async (client) => {
    await client.start();
    client.send(subscribe('1', '{ nonsense }'));
    await client.until(isLast('1'));
    client.send(subscribe('1', '{ hello }'));
    await client.until((entry) => entry.type === 'complete');
    await client.fence();
  }],
  'operations run beside each other': [[PROTOCOL], async (client) => {
    await client.start();
    client.send(subscribe('1', 'subscription { forever }'));
    await client.until(isFirst('1'));
    client.send(subscribe('2', '{ hello }'));
    await client.until(isLast('2'));
    client.send(subscribe('3', 'subscription { count(to: 2) }'));
    await client.until(isLast('3'));
  }],
  'a subscription that the client completes says no more': [[PROTOCOL], async (client) => {
    await client.start();
    client.send(subscribe('1', 'subscription { forever }'));
    await client.until(isFirst('1'));
    client.send({ id: '1', type: 'complete' }, subscribe('2', 'mutation { release }'));
    await client.until(isLast('2'));
    await client.fence();
  }],
  'an id may be used again when the client is done': [[PROTOCOL], async (client) => {
    await client.start();
    client.send(subscribe('1', 'subscription { forever }'));
    await client.until(isFirst('1'));
    client.send({ id: '1', type: 'complete' });
    await client.fence(); // the reference server takes a moment, and would complete the next one twice
    client.send(subscribe('1', '{ hello }'));
    await client.until(isLast('1'));
    await client.fence();
  }],
  'a query that the client completes has no result': [[PROTOCOL], async (client) => {
    await client.start();
    client.send(subscribe('1', '{ slow }'));
    await client.fence();
    client.send({ id: '1', type: 'complete' }, subscribe('2', 'mutation { release }'));
    await client.until(isLast('2'));
    await client.fence();
  }],
  'what the client closes has ended': [[PROTOCOL], async (client) => {
    await client.start();
    client.send(subscribe('0', '{ ended }'));
    await client.until(isLast('0'));
    const before = client.seen.find((entry) => entry.payload?.data)?.payload.data.ended;
    const other = new Client([PROTOCOL]);
    await other.start();
    other.send(subscribe('1', 'subscription { forever }'));
    await other.until(isFirst('1'));
    other.socket.close(1000);
    await other.closed();
    await client.fence();
    client.send(subscribe('2', '{ ended }'));
    await client.until(isLast('2'));
    const after = client.seen.findLast((entry) => entry.payload?.data)?.payload.data.ended;
    client.seen = [{ ended: after - before }];
  }],
};

const results = {};
for (const [name, [protocols, script]] of Object.entries(checks)) {
  const client = new Client(protocols);
  await Promise.race([script(client), client.closed()]);
  results[name] = client.seen.slice();
  client.socket.terminate();
}
console.log(JSON.stringify(results));
process.exit(0);
