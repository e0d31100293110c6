#include <sip/tls.h>

#include "base/sized.h"
#include "security/tls_context.h"

struct sip_tls {
    const sip_allocator *allocator;
    sip__tls_context *current;
};

int sip_tls_create_sized(const sip_tls_config *config, size_t config_bytes, char *text,
                         size_t text_bytes, sip_tls **ret_tls)
{
    sip_tls_config own;
    sip_tls *tls;
    int err = sip__sized_copy(&own, sizeof own, config, config_bytes);

    if (err == 0 && !ret_tls) {
        err = SIP_EINVAL;
    }
    if (err != 0) {
        return err;
    }
    tls = sip_alloc0(own.allocator, sizeof *tls);
    if (!tls) {
        return SIP_ENOMEM;
    }
    tls->allocator = own.allocator;
    err = sip__tls_context_create(&own, (sip__tls_say_to){text, text_bytes}, &tls->current);
    if (err != 0) {
        sip_free(own.allocator, tls);
        return err;
    }
    *ret_tls = tls;
    return 0;
}

void sip_tls_destroy(sip_tls *tls)
{
    if (tls) {
        sip__tls_context_unref(tls->current);
        sip_free(tls->allocator, tls);
    }
}

static int replace(sip_tls *tls, const sip_tls_config *config, char *text, size_t text_bytes)
{
    sip__tls_context *fresh = NULL;
    const int err = sip__tls_context_create(config, (sip__tls_say_to){text, text_bytes}, &fresh);

    if (err == 0) {
        sip__tls_context_unref(tls->current);
        tls->current = fresh;
    }
    return err;
}

int sip_tls_reload(sip_tls *tls, char *text, size_t text_bytes)
{
    return tls ? replace(tls, &tls->current->settings.config, text, text_bytes) : SIP_EINVAL;
}

int sip_tls_reconfigure_sized(sip_tls *tls, const sip_tls_config *config, size_t config_bytes,
                              char *text, size_t text_bytes)
{
    sip_tls_config own;
    int err = sip__sized_copy(&own, sizeof own, config, config_bytes);

    if (err != 0 || !tls) {
        return SIP_EINVAL;
    }
    own.allocator = tls->current->allocator;
    own.clock = tls->current->clock;
    own.log = tls->current->log;
    return replace(tls, &own, text, text_bytes);
}

bool sip_tls_has_domain(const sip_tls *tls, sip_str name)
{
    return tls && sip__tls_context_site(tls->current, name);
}

bool sip_tls_can_serve(const sip_tls *tls)
{
    return tls && sip__tls_context_can_serve(tls->current);
}

bool sip_tls_peer_is(const sip_tls_peer *peer, sip_str name)
{
    return peer && peer->verified &&
           sip__tls_names_have(peer->names, peer->name_count, name, SIP_TLS_IDENTITY_STRICT);
}

sip__tls_context *sip__tls_current(const sip_tls *tls)
{
    return tls->current;
}
