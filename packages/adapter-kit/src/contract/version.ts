/**
 * Version of the contract. It rises with each case that an adapter which fulfilled the last version may fail.
 * @public
 */
export const CONTRACT_VERSION = 1;
