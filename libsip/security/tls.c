#include <sip/tls.h>

#include "base/sized.h"
#include "security/tls_context.h"

#include <openssl/crypto.h>

struct sip_tls {
    const sip_allocator *allocator;
    CRYPTO_RWLOCK *lock; /* of what follows: workers share it, and one may reload */
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
    tls->lock = CRYPTO_THREAD_lock_new();
    err = tls->lock == NULL
              ? SIP_ENOMEM
              : sip__tls_context_create(&own, (sip__tls_say_to){text, text_bytes}, &tls->current);
    if (err != 0) {
        CRYPTO_THREAD_lock_free(tls->lock);
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
        CRYPTO_THREAD_lock_free(tls->lock);
        sip_free(tls->allocator, tls);
    }
}

sip__tls_context *sip__tls_current(const sip_tls *tls)
{
    sip__tls_context *context;

    (void)CRYPTO_THREAD_read_lock(tls->lock);
    context = sip__tls_context_ref(tls->current);
    (void)CRYPTO_THREAD_unlock(tls->lock);
    return context;
}

static int replace(sip_tls *tls, const sip_tls_config *config, char *text, size_t text_bytes)
{
    sip__tls_context *fresh = NULL;
    const int err = sip__tls_context_create(config, (sip__tls_say_to){text, text_bytes}, &fresh);

    if (err == 0) {
        sip__tls_context *old = tls->current;

        (void)CRYPTO_THREAD_write_lock(tls->lock);
        tls->current = fresh;
        (void)CRYPTO_THREAD_unlock(tls->lock);
        sip__tls_context_unref(old);
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
    sip__tls_context *context = tls ? sip__tls_current(tls) : NULL;
    const bool has = context && sip__tls_context_site(context, name);

    sip__tls_context_unref(context);
    return has;
}

bool sip_tls_can_serve(const sip_tls *tls)
{
    sip__tls_context *context = tls ? sip__tls_current(tls) : NULL;
    const bool can = context && sip__tls_context_can_serve(context);

    sip__tls_context_unref(context);
    return can;
}

bool sip_tls_peer_is(const sip_tls_peer *peer, sip_str name)
{
    return peer && peer->verified &&
           sip__tls_names_have(peer->names, peer->name_count, name, SIP_TLS_IDENTITY_STRICT);
}
