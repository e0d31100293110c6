/* TLS for SIP (RFC 3261 26.3.2, RFC 5922): which certificates we show, whom we believe, and what is
 * known of a peer. One object serves listeners and clients alike; a stack may use several. */
#ifndef SIP_TLS_H
#define SIP_TLS_H

#include <sip/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sip_tls sip_tls;

/** Room for any text that the functions here write. */
#define SIP_TLS_TEXT_BYTES 256

/** A version of the protocol; older ones than 1.2 are never spoken (RFC 8996). */
typedef enum sip_tls_version {
    SIP_TLS_VERSION_DEFAULT, /**< as minimum 1.2, as maximum whatever OpenSSL knows */
    SIP_TLS_1_2,
    SIP_TLS_1_3
} sip_tls_version;

/** What a server asks of its clients. */
typedef enum sip_tls_clients {
    SIP_TLS_CLIENTS_DEFAULT, /**< SIP_TLS_CLIENTS_OPTIONAL if a CA is given, else _NONE */
    SIP_TLS_CLIENTS_NONE,    /**< no certificate is asked for */
    /** One is asked for; if it is shown it must verify. Needs a CA, or system_cas SIP_ON. */
    SIP_TLS_CLIENTS_OPTIONAL,
    /** Without a certificate that verifies there is no connection. Needs the same. */
    SIP_TLS_CLIENTS_REQUIRED
} sip_tls_clients;

/** How a client compares the server's certificate with the domain that was asked for. */
typedef enum sip_tls_identity {
    /** RFC 5922 7: the hosts of "sip:" URIs without user part in subjectAltName; if there is none,
     * its DNS names; if there is no subjectAltName, nothing. Whole names, without case, a wildcard
     * matches only itself. A literal address is looked for among the iPAddresses too. */
    SIP_TLS_IDENTITY_STRICT,
    /** As strict, but the common name counts where there is no subjectAltName (which RFC 5922 7.1
     * allows), DNS names also beside URIs, and "*." stands for one first label (RFC 6125 6.4.3) .
     */
    SIP_TLS_IDENTITY_LENIENT,
    /** Names are not compared. The chain still must verify: any certificate of a trusted CA will
     * do, which is no protection where the CA is public. */
    SIP_TLS_IDENTITY_OFF
} sip_tls_identity;

/** A domain of ours: the names it serves and its certificate. Everything is copied. */
typedef struct sip_tls_domain {
    /** Host names (no addresses) up to NULL, for which a client's SNI or a local domain chooses
     * this certificate; compared without case. NULL: the certificate's own SIP identities and DNS
     * names. */
    const char *const *names;
    const char *chain_file; /**< PEM: our certificate first, then its issuers up to the root */
    const char *key_file;   /**< PEM; NULL: the key is in chain_file */
    sip_str chain_pem;      /**< instead of chain_file: the same text from memory */
    sip_str key_pem;        /**< instead of key_file; empty with chain_pem: the key is in there */
    const char *passphrase; /**< of an encrypted key; NULL: none */
    const char *passphrase_file; /**< its first line is the passphrase; read again by a reload */
    /** Write the passphrase into `out` (not terminated) and return its length, or -1: there is
     * none. Called while sip_tls_create(), sip_tls_reload() or sip_tls_reconfigure() runs. */
    int (*ask_passphrase)(char *out, size_t size, void *user_data);
    void *user_data;
} sip_tls_domain;

/** Zeroed, it is a client without a certificate that trusts the system's CAs and checks strictly.
 * Strings are copied. */
typedef struct sip_tls_config {
    const sip_allocator *allocator; /**< NULL: malloc; borrowed, must outlive the object */
    const sip_clock *clock; /**< NULL: the system's; validity is judged by its unix_s; borrowed */
    const sip_log *log;     /**< NULL: silent; borrowed. Says when an own certificate has expired */
    const sip_tls_domain *domains; /**< ours; the first is used where no name chooses */
    size_t domain_count;           /**< 0 is enough for a client; a server needs one */

    /* ---- whom we believe. All that are given are added up. */
    const char *ca_file;   /**< PEM, any number of CA certificates */
    const char *ca_dir;    /**< a folder as made by openssl rehash */
    sip_str ca_pem;        /**< PEM from memory */
    sip_switch system_cas; /**< OpenSSL's default store too; SIP_DEFAULT: if no CA is given above */
    /** PEM. Then every peer's certificate needs a CRL of its issuer, and none that any of the CRLs
     * revokes is believed, nor what such a CA has issued; an old CRL fails those of its issuer. A
     * CA between the peer's certificate and the root passes where there is no CRL of its own
     * issuer. CRLs are read with the other files: see sip_tls_reload(). */
    const char *crl_file;
    sip_str crl_pem;           /**< the same from memory */
    sip_tls_clients clients;   /**< what is asked of clients */
    sip_switch verify_servers; /**< SIP_OFF believes every server: only for trying things out */
    sip_tls_identity identity; /**< how servers' names are compared */
    /** The most CA certificates between the peer's and the trusted root, neither counted; 0: 8. */
    unsigned verify_depth;

    /* ---- the protocol */
    sip_tls_version min_version, max_version;
    const char *ciphers;   /**< of TLS 1.2 in OpenSSL's notation; NULL: forward secret AEADs */
    const char *suites;    /**< of TLS 1.3, colons between; NULL: OpenSSL's default */
    const char *groups;    /**< of the key exchange, colons between; NULL: OpenSSL's default */
    sip_switch resumption; /**< SIP_DEFAULT: on. Servers give tickets, clients keep them */
    /** How long a session may be resumed, by `clock`, 0: 3,600; at most 604,800. A server's ticket
     * is void, too, once that time has passed by OpenSSL's own, the system's. */
    uint32_t session_s;
    uint32_t max_sessions; /**< of other servers kept by clients, 0: 256; the oldest goes */
    /** SIP_DEFAULT: on. "sip/2" (WSS: "http/1.1") is offered and, where the client offers
     * something, chosen or else refused (RFC 7301 3.2). */
    sip_switch alpn;
    /** SIP_ON: a client that names a host which is none of ours is refused (unrecognized_name, RFC
     * 6066 3). SIP_DEFAULT: off, the first domain answers. */
    sip_switch refuse_unknown_names;
    /** Append the secrets of all sessions to this file, in the form that Wireshark reads. For
     * debugging only: who has the file reads the traffic. NULL: never. */
    const char *keylog_path;
} sip_tls_config;

/** @private */
SIP_API int sip_tls_create_sized(const sip_tls_config *config, size_t config_bytes, char *text,
                                 size_t text_bytes, sip_tls **ret_tls);
/**
 * Read the files and make the object.
 *
 * @param config  copied; NULL: all defaults
 * @param text    on failure a line that names the file or setting and the cause; NULL: not wanted
 * @return 0, else nothing was made and:
 *   SIP_EINVAL  a setting is out of its range, two domains have one name, or ciphers, suites or
 *               groups have none that OpenSSL knows
 *   SIP_EIO     a file cannot be read
 *   SIP_ESYNTAX a file holds no certificate, key or CRL, the passphrase is wrong, or key and
 *               certificate do not belong together
 *   SIP_ENOMEM
 * @thread Several stacks and all their workers may use the object at once; what changes it is
 *   called on one thread at a time.
 */
static inline int sip_tls_create(const sip_tls_config *config, char *text, size_t text_bytes,
                                 sip_tls **ret_tls)
{
    return sip_tls_create_sized(config, sizeof *config, text, text_bytes, ret_tls);
}

/** Free it. The stacks that use it must be gone. NULL is fine. */
SIP_API void sip_tls_destroy(sip_tls *tls);

/**
 * Read all files again. Handshakes that begin from now on use what they hold; connections that
 * stand, and handshakes that have begun, stay as they are. Sessions kept and tickets given before
 * are no longer resumed.
 *
 * @return 0, or as sip_tls_create(): then everything stays as it was
 * @thread Any, but not two at once.
 */
SIP_API int sip_tls_reload(sip_tls *tls, char *text, size_t text_bytes);

/** @private */
SIP_API int sip_tls_reconfigure_sized(sip_tls *tls, const sip_tls_config *config,
                                      size_t config_bytes, char *text, size_t text_bytes);
/** As sip_tls_reload(), with another configuration (other domains, say, or other PEM texts); its
 * allocator, clock and log are ignored, those of the beginning stay. @return as sip_tls_reload() */
static inline int sip_tls_reconfigure(sip_tls *tls, const sip_tls_config *config, char *text,
                                      size_t text_bytes)
{
    return sip_tls_reconfigure_sized(tls, config, sizeof *config, text, text_bytes);
}

/** True if a domain of ours has this name, so that a server would show its certificate. */
SIP_API bool sip_tls_has_domain(const sip_tls *tls, sip_str name);
/** True if there is a certificate to be a server with. */
SIP_API bool sip_tls_can_serve(const sip_tls *tls);

/** What is known of the peer of a connection whose handshake is done. Lives as long as the
 * connection; everything in it is of bytes that may be printed. */
typedef struct sip_tls_peer {
    /** It showed a certificate whose chain verified (and, of a server, whose name was right, unless
     * sip_tls_identity says not to look). */
    bool verified;
    bool has_certificate;
    bool resumed; /**< by an earlier session; the certificate is that of then */
    /** Its SIP identities: the domains that it may speak for (RFC 5922 7.1), host names and literal
     * addresses as they stand in a URI. None unless verified. */
    const sip_str *names;
    size_t name_count;
    sip_str subject;        /**< of the certificate, for people: "CN=example.com, O=…" */
    sip_str server_name;    /**< the name in the client's SNI, ours or the peer's; may be empty */
    sip_str alpn;           /**< the protocol agreed on; may be empty */
    int64_t expires_unix_s; /**< when the certificate does; 0: no certificate */
    const char *version;    /**< "TLSv1.3" */
    const char *cipher;     /**< "TLS_AES_256_GCM_SHA384" */
} sip_tls_peer;

/** True if `name` is one of the peer's identities, compared as SIP_TLS_IDENTITY_STRICT compares:
 * whether it may speak for a domain (RFC 5922 7.4), or whether a connection may be used again for
 * one (RFC 5923). NULL: false. */
SIP_API bool sip_tls_peer_is(const sip_tls_peer *peer, sip_str name);

#ifdef __cplusplus
}
#endif

#endif
