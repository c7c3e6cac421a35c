// Express 4 has no types of its own; its tests use those of Express 5.
declare module 'express-4' {
  export { default } from 'express';
}
