/* A deep copy of sip_tls_config, which a reload reads again. */
#ifndef SIP_SECURITY_TLS_SETTINGS_H
#define SIP_SECURITY_TLS_SETTINGS_H

#include "base/arena.h"
#include <sip/tls.h>

typedef struct sip__tls_settings {
    sip_tls_config config; /* its strings are in the arena */
    sip__arena arena;
} sip__tls_settings;

/* Copy and check the numbers. @return 0, SIP_EINVAL with the setting's name in `text`, SIP_ENOMEM
 */
int sip__tls_settings_init(sip__tls_settings *settings, const sip_tls_config *config, char *text,
                           size_t size);
/* Forget them, secrets wiped. Takes a zeroed object. */
void sip__tls_settings_finish(sip__tls_settings *settings);

/* The settings after their defaults. */
bool sip__tls_settings_verify_servers(const sip_tls_config *config);
bool sip__tls_settings_resume(const sip_tls_config *config);
bool sip__tls_settings_has_ca(const sip_tls_config *config);
sip_tls_clients sip__tls_settings_clients(const sip_tls_config *config);

#endif
