#include "feature/client_auth.h"

#include <stdio.h>

#include <sip/digest.h>

#define MAX_CREDENTIALS 4u
#define AUTHORIZATION_BYTES 1500

static bool is_answerable(const sip_auth *challenge)
{
    return sip_str_equal_nocase(challenge->scheme, "Digest") && challenge->nonce.len > 0 &&
           sip_digest_algorithm_of(challenge->algorithm) != SIP_DIGEST_NONE;
}

static sip_header_id answer_header(bool proxy)
{
    return proxy ? SIP_HEADER_PROXY_AUTHORIZATION : SIP_HEADER_AUTHORIZATION;
}

/* Whether the request carried credentials for this realm and nonce. */
static bool was_tried(const sip_msg *sent, const dum__credential *credential)
{
    const sip_auth *auth;

    for (size_t i = 0; (auth = sip_msg_auth(sent, answer_header(credential->proxy), i)) != NULL;
         i++) {
        if (sip_str_same(auth->realm, credential->challenge.realm) &&
            sip_str_same(auth->nonce, credential->challenge.nonce)) {
            return true;
        }
    }
    return false;
}

/* The user's credentials were refused if they went out on a nonce that was fresh then: a nonce used
 * before may simply have grown old, whatever the challenge says about being stale. */
static bool was_refused(const dum__credential *known, const sip_auth *challenge,
                        const sip_msg *sent)
{
    if (known == NULL || !was_tried(sent, known) ||
        sip_str_equal_nocase(challenge->stale, "true")) {
        return false;
    }
    return known->nc <= 1 || sip_str_same(known->challenge.nonce, challenge->nonce);
}

static size_t count(const dum__credentials *auth)
{
    size_t n = 0;

    for (const dum__credential *at = auth->first; at != NULL; at = at->next) {
        n++;
    }
    return n;
}

/* An earlier challenge of this message for the same realm, which the server prefers (RFC 8760
 * 2.4)? */
static bool is_second_choice(const sip_msg *response, sip_header_id id, size_t n)
{
    const sip_auth *own = sip_msg_auth(response, id, n), *other;

    for (size_t i = 0; i < n && (other = sip_msg_auth(response, id, i)) != NULL; i++) {
        if (is_answerable(other) && sip_str_same(other->realm, own->realm)) {
            return true;
        }
    }
    return false;
}

static int learn_one(dum__credentials *auth, const dum_manager *dum, const sip_auth *challenge,
                     bool proxy, const sip_msg *sent)
{
    dum__credential *known = dum__credentials_find(auth, challenge->realm, proxy);

    if (was_refused(known, challenge, sent)) {
        dum__credentials_remove(auth, dum, known); /* so that later requests do not repeat them */
        return SIP_ESTATE;
    }
    if (known == NULL && count(auth) >= MAX_CREDENTIALS) {
        return SIP_EUNSUPPORTED;
    }
    return dum__credentials_put(auth, dum, challenge, proxy);
}

/* Every challenge of one header. @return as learn, SIP_EUNSUPPORTED when there was none for us */
static int learn_all(dum__credentials *auth, const dum_manager *dum, const sip_msg *response,
                     bool proxy, const sip_msg *sent)
{
    sip_header_id id = proxy ? SIP_HEADER_PROXY_AUTHENTICATE : SIP_HEADER_WWW_AUTHENTICATE;
    int result = SIP_EUNSUPPORTED;
    const sip_auth *challenge;

    for (size_t i = 0; (challenge = sip_msg_auth(response, id, i)) != NULL; i++) {
        int err;

        if (!is_answerable(challenge) || is_second_choice(response, id, i)) {
            continue;
        }
        err = learn_one(auth, dum, challenge, proxy, sent);
        if (err != 0) {
            return err;
        }
        result = 0;
    }
    return result;
}

int dum__client_auth_learn(dum__credentials *auth, const dum_profile *profile,
                           const sip_msg *response, const sip_msg *sent)
{
    int user_agent, proxy;

    if (profile->password == NULL) {
        return SIP_ESTATE;
    }
    user_agent = learn_all(auth, profile->dum, response, false, sent);
    if (user_agent != 0 && user_agent != SIP_EUNSUPPORTED) {
        return user_agent;
    }
    proxy = learn_all(auth, profile->dum, response, true, sent);
    return proxy == SIP_EUNSUPPORTED ? user_agent : proxy;
}

static void make_cnonce(const dum_manager *dum, char out[17])
{
    uint64_t random = sip_random_u64(sip_worker_random(dum->worker));

    snprintf(out, 17, "%016llx", (unsigned long long)random);
}

void dum__client_auth_add(dum__credentials *auth, const dum_profile *profile, sip_build *build,
                          sip_str method, sip_str uri, sip_str body)
{
    char value[AUTHORIZATION_BYTES], cnonce[17];

    for (dum__credential *at = auth->first; at != NULL && profile->password != NULL;
         at = at->next) {
        sip_digest_input input = {.method = method, .uri = uri, .body = body};

        make_cnonce(profile->dum, cnonce);
        input.cnonce = sip_str_of(cnonce);
        if (sip_digest_authorize(&at->challenge, sip_str_of(profile->auth_user),
                                 sip_str_of(profile->password), &input, at->nc + 1, value,
                                 sizeof value) > 0) {
            at->nc++;
            sip_build_header(build, answer_header(at->proxy), sip_str_of(value));
        }
    }
}
