// A self-signed certificate for 127.0.0.1. It is valid for a hundred years, and protects nothing.

const pem = (kind: string, base64: string): string =>
  `-----BEGIN ${kind}-----\n${base64.replace(/(.{64})/g, '$1\n')}\n-----END ${kind}-----\n`;

export const KEY = pem(
  'EC PRIVATE KEY',
  'MHcCAQEEICUx9J685StkU5BPwtAi00dmsHIxYlI5N86FzvNBMKHYoAoGCCqGSM49AwEHoUQDQgAEFzyIGxh2NG8veL5ZSnGk96fbXjmYtMpamteyB1lNpmP15feDHJhY6EUKXdhJPiMSU6yhCqTRa2daKYcnpeKk7w==',
);

export const CERTIFICATE = pem(
  'CERTIFICATE',
  'MIIBhjCCASygAwIBAgIUY8yuH8BeDdyGJ3C0Hnh5Ep8kPZcwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEc2VsZjAgFw0yNjExMjgyMTA2MzRaGA8yMTI2MTEwNDIxMDYzNFowDzENMAsGA1UEAwwEc2VsZjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBc8iBsYdjRvL3i+WUpxpPen2145mLTKWprXsgdZTaZj9eX3gxyYWOhFCl3YST4jElOsoQqk0WtnWimHJ6XipO+jZDBiMB0GA1UdDgQWBBQtbCfxmGqCbHim+SxsZUCVO2NhFjAfBgNVHSMEGDAWgBQtbCfxmGqCbHim+SxsZUCVO2NhFjAPBgNVHRMBAf8EBTADAQH/MA8GA1UdEQQIMAaHBH8AAAEwCgYIKoZIzj0EAwIDSAAwRQIgNPizvXzl7Qu11L+TUyGJWaqdiqQuQTw4WtKcLpfD0T8CIQDJYnI5wtkrtAdQjcwHGzCoG7ElIgtwl7q9Bk/zlSxUrg==',
);
