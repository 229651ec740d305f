/** What to try where no connection came about, by the code of its error. */

/** What comes of an answer that is none of TLS: OpenSSL's code, and BoringSSL's. */
const noTls = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"]);

export function isNoTls(code: string): boolean {
  return noTls.has(code);
}

/** @returns What to try, or an empty string where nothing is known. */
export function connectionFix(code: string, origin: string): string {
  if (isNoTls(code)) return `Is it ${origin.replace(/^https:/, "http:")}?`;
  switch (code) {
    case "ECONNREFUSED":
      return `Nobody listens there: is the server running? ("stowage serve" starts one.)`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return origin.endsWith(".amazonaws.com")
        ? `The host name cannot be resolved. It is Amazon's, who is asked where no endpoint is given: name another server's in AWS_ENDPOINT_URL_S3.`
        : `The host name cannot be resolved: check the endpoint ${origin}.`;
    case "CERT_HAS_EXPIRED":
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return "The server's certificate is not trusted here: give its authority's certificate in NODE_EXTRA_CA_CERTS, or as option ca.";
    case "UND_ERR_CONNECT_TIMEOUT":
      return "Check the network, or raise timeouts.connectMs.";
    case "UND_ERR_HEADERS_TIMEOUT":
      return "Raise timeouts.headersMs if the server is only slow.";
    case "UND_ERR_BODY_TIMEOUT":
      return "Raise timeouts.bodyMs if the server is only slow.";
    default:
      return "";
  }
}
