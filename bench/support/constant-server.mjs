// A bare server of Node that answers every request with the same JSON, of the mean size of the simulator's answers. It is the control of
// row 20, in a process of its own.
import { createServer } from 'node:http';

const body = JSON.stringify({ entities: Array.from({ length: 20 }, (_, n) => ({ id: n, name: 'x'.repeat(80) })) });

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
process.on('SIGINT', () => process.exit(0));
