export { adapterContract } from './contract/adapter-contract.js';
export { runContract, type CaseResult, type ContractOptions, type ContractReport } from './contract/run-contract.js';
export { ContractError } from './contract/failure.js';
export { loadCopy } from './copies/load-copy.js';
export { CONTRACT_VERSION } from './contract/version.js';
export type {
  AdapterUnderTest,
  Connection,
  ConnectOptions,
  ContractCase,
  ContractPart,
  ContractRequest,
  ContractRunner,
  Feature,
  ReadResult,
} from './contract/types.js';
export type { AnswerFormat, ContractServer, ReceivedRequest, ServerAnswer } from './server/contract-server.js';
