import { guardAxios } from '@holdline/axios';
import { callInfo, createHoldline, holdlineOf, isHoldlineError, release, withCall } from '@holdline/core';
import { authorizationCode, genesysCloud, guardGenesys } from '@holdline/genesys';
import axios from 'axios';
import platformClient from 'purecloud-platform-client-v2';

const library = {
  authorizationCode,
  axios,
  callInfo,
  createHoldline,
  genesysCloud,
  guardAxios,
  guardGenesys,
  holdlineOf,
  isHoldlineError,
  platformClient,
  release,
  withCall,
};

/** The functions that the tests call in the page. */
export type Library = typeof library;

Object.assign(globalThis, { library });
