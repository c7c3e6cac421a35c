export default { testMatch: ['<rootDir>/jest/*.test.cjs'], testEnvironment: 'node', transform: {} };
