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
export { policyContract } from './policy/policy-contract.js';
export { runPolicyContract } from './policy/run-policy-contract.js';
export { POLICY_CONTRACT_VERSION } from './policy/types.js';
export type {
  PolicyAnswer,
  PolicyCase,
  PolicyCaseResult,
  PolicyContractReport,
  PolicyFeature,
  PolicyRequest,
  PolicyUnderTest,
  ProvokedLine,
  Provocation,
} from './policy/types.js';
export { recordContract, type ContractRecord } from './record/record-contract.js';

// For our own packages. These exports may change in any version.
export { isErrorOfNode } from './contract/stray-errors.js';
