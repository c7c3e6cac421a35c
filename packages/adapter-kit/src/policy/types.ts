import type { CallContext, Policy } from '@holdline/core';
import type { ContractError } from '../contract/failure.js';

/**
 * Something that a policy may not do. A policy names such features in `lacks`, each with the reason. The contract leaves out the cases that
 * need them, and reports those cases with the reason.
 *
 * - `waits`: the policy lets calls wait.
 * - `refuses`: the policy refuses calls with an error of its own.
 * - `passesOutcomes`: the policy gives the caller the outcome of `next`. A policy that replaces some outcomes by an answer of its own lacks it.
 * - `nests`: a call may begin inside an attempt of another call. A policy that lets one call at a time pass lacks it.
 * @public
 */
export type PolicyFeature = 'waits' | 'refuses' | 'passesOutcomes' | 'nests';

/**
 * A request that a case makes.
 * @public
 */
export interface PolicyRequest {
  /**
   * HTTP method.
   * @defaultValue 'GET'
   */
  readonly method?: string;
  /**
   * Absolute URL. The function gets a number that differs for each call of a line.
   * @defaultValue `(number) => 'https://api.example.com/items/' + number`
   */
  readonly url?: string | ((number: number) => string);
  /**
   * Headers of the request, by lower-case name.
   * @defaultValue none besides those of the case
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Options of the call, as a user gives them.
   * @defaultValue none
   */
  readonly context?: CallContext;
}

/**
 * What the platform answers to one call.
 * @public
 */
export interface PolicyAnswer {
  readonly status: number;
  /** Headers by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A new line with the policy, for `Provocation.provoke`.
 * @public
 */
export interface ProvokedLine {
  /**
   * Makes a call that gets an answer, and waits until it ends. Rejects if the call fails.
   *
   * @param request - Default: the request of the policy.
   * @param answer - Default: status 200.
   */
  call(request?: PolicyRequest, answer?: PolicyAnswer): Promise<void>;
  /** Lets virtual time pass, ms. */
  advance(ms: number): Promise<void>;
}

/**
 * How to bring a policy to do something with the next call.
 * @public
 */
export interface Provocation {
  /** Brings the policy of a new line into the state in which it does so. */
  provoke?(line: ProvokedLine): Promise<void> | void;
  /**
   * The next call.
   * @defaultValue the request of the policy
   */
  readonly request?: PolicyRequest;
}

/**
 * A policy, and the way in which the contract makes it work.
 * @public
 */
export interface PolicyUnderTest {
  /** Name of the function that makes the policy, for example `freeze`. */
  readonly name: string;
  /** Makes a new policy, with the result of `definePolicy`. */
  create(): Policy;
  /**
   * A request that the policy lets pass.
   * @defaultValue a GET for `https://api.example.com/items/1`
   */
  readonly request?: PolicyRequest;
  /**
   * How to make the policy let a call wait.
   * @defaultValue none; `lacks.waits` then needs a reason
   */
  readonly waits?: Provocation;
  /**
   * How to make the policy refuse a call.
   * @defaultValue none; `lacks.refuses` then needs a reason
   */
  readonly refuses?: Provocation;
  /**
   * What the policy does not do, each with the reason.
   * @defaultValue none
   */
  readonly lacks?: Readonly<Partial<Record<PolicyFeature, string>>>;
}

/**
 * One case of the contract for policies.
 * @public
 */
export interface PolicyCase {
  /** What a policy must do, for example `calls next at most once`. */
  readonly name: string;
  /** Why the case matters, as one or two sentences. */
  readonly why: string;
  /** Heading of docs/extend/write-a-policy.md that treats it, as the anchor of its page. */
  readonly guide: string;
  /** Features that the case needs. */
  readonly needs: readonly PolicyFeature[];
}

/**
 * The result of one case.
 * @public
 */
export type PolicyCaseResult = PolicyCase & {
  /** `left out`: the policy lacks a feature that the case needs. */
  readonly result: 'passed' | 'failed' | 'left out';
  /** Why the case failed. */
  readonly error: ContractError | undefined;
  /** Why the case was left out. */
  readonly reason: string | undefined;
};

/**
 * The result of a run of the contract for policies.
 * @public
 */
export interface PolicyContractReport {
  readonly policy: string;
  readonly version: number;
  readonly cases: readonly PolicyCaseResult[];
}

/**
 * Version of the contract for policies. It rises with each case that a policy which fulfilled the last version may fail.
 * @public
 */
export const POLICY_CONTRACT_VERSION = 1;
