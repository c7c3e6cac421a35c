export class BrowserLikeWorker extends EventTarget {}
