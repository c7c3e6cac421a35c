// A test certificate of a fictitious server. It is valid for a hundred years and protects nothing.

const pem = (kind: string, base64: string): string =>
  `-----BEGIN ${kind}-----\n${base64.replace(/(.{64})/g, '$1\n')}\n-----END ${kind}-----\n`;

export const TEST_KEY = pem(
  'EC PRIVATE KEY',
  'MHcCAQEEIKsnc6XjhCHK8xuvTcYuOClj20+pPAPvAYzmqA0tg/dYoAoGCCqGSM49AwEHoUQDQgAEaLR3WBr7Vc71MB8SKexDiopzctyu9P8/6qemXxuwGrdSt9/RAiGaCvFxvuBmEj8EyGVwEKEa12+ExCTKCd28Zg==',
);

export const TEST_CERTIFICATE = pem(
  'CERTIFICATE',
  'MIIBfjCCASWgAwIBAgIUQIn+zqNpvp/3Vz3cKo9bjTzMquswCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTE5NDcxOVoYDzIxMjYxMTA1MTk0NzE5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARotHdYGvtVzvUwHxIp7EOKinNy3K70/z/qp6ZfG7Aat1K339ECIZoK8XG+4GYSPwTIZXAQoRrXb4TEJMoJ3bxmo1MwUTAdBgNVHQ4EFgQUCWhD3DQ/g0mrwzhwz+0ifgtJwIgwHwYDVR0jBBgwFoAUCWhD3DQ/g0mrwzhwz+0ifgtJwIgwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiA2LgfiWFMqHXEw0Yuq50ZAZskCuJ4/yNZ8gvxMj6IKvAIgChVfwWg5fE9mwLuHM6a5U2jrfvLGzY2VNhowBdJ5adc=',
);
