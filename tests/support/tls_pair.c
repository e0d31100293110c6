#include "support/tls_pair.h"

#include <stdlib.h>
#include <string.h>

static void append(char **to, size_t *to_len, sip_str bytes)
{
    char *grown = realloc(*to, *to_len + bytes.len + 1);

    if (!grown) {
        abort();
    }
    memcpy(grown + *to_len, bytes.ptr, bytes.len);
    *to = grown;
    *to_len += bytes.len;
    grown[*to_len] = '\0';
}

static int on_write(sip_str bytes, void *arg)
{
    tls_end *end = arg;

    if (end->fail_writes) {
        return SIP_ETOOBIG;
    }
    append(&end->out, &end->out_len, bytes);
    return 0;
}

static void on_open(void *arg)
{
    tls_end *end = arg;

    end->opens++;
    if (end->on_open) {
        end->err = sip__tls_session_send(end->session, sip_str_of(end->on_open));
    }
}

static void on_bytes(sip_str bytes, void *arg)
{
    tls_end *end = arg;

    append(&end->got, &end->got_len, bytes);
}

static const sip__tls_session_events events = {on_write, on_open, on_bytes};

void tls_end_make(tls_end *end, const sip__tls_session_config *config)
{
    end->create_err =
        sip__tls_session_create(config, &events, end, end->text, sizeof end->text, &end->session);
}

void tls_pair_init(tls_pair *pair, sip_tls *client, sip_tls *server, const char *wanted)
{
    memset(pair, 0, sizeof *pair);
    if (client) {
        tls_end_make(&pair->client, &(sip__tls_session_config){.tls = client,
                                                               .server_name = sip_str_of(wanted),
                                                               .alpn = SIP_STR("sip/2")});
    }
    if (server) {
        tls_end_make(&pair->server, &(sip__tls_session_config){
                                        .tls = server, .server = true, .alpn = SIP_STR("sip/2")});
    }
}

static void finish_end(tls_end *end)
{
    sip__tls_session_destroy(end->session);
    free(end->out);
    free(end->got);
}

void tls_pair_finish(tls_pair *pair)
{
    finish_end(&pair->client);
    finish_end(&pair->server);
    memset(pair, 0, sizeof *pair);
}

void tls_end_receive(tls_end *end, sip_str bytes)
{
    const int err = sip__tls_session_receive(end->session, bytes);

    if (end->err == 0 && err != 0) {
        end->err = err;
        memcpy(end->text, sip__tls_session_text(end->session),
               strlen(sip__tls_session_text(end->session)) + 1);
    }
}

/* Each piece from memory of its own size, so that a sanitizer sees reads past it. */
static void deliver(tls_end *from, tls_end *to, size_t piece)
{
    char *bytes = from->out;
    const size_t len = from->out_len;

    from->out = NULL;
    from->out_len = 0;
    for (size_t done = 0; done < len && to->session && to->err == 0;) {
        const size_t now = piece > 0 && piece < len - done ? piece : len - done;
        char *exact = malloc(now);

        if (!exact) {
            abort();
        }
        memcpy(exact, bytes + done, now);
        tls_end_receive(to, (sip_str){exact, now});
        free(exact);
        done += now;
    }
    free(bytes);
}

void tls_pair_deliver(tls_pair *pair)
{
    while (pair->client.out_len > 0 || pair->server.out_len > 0) {
        deliver(&pair->client, &pair->server, pair->piece);
        deliver(&pair->server, &pair->client, pair->piece);
    }
}

void tls_pair_run(tls_pair *pair)
{
    pair->client.err = sip__tls_session_start(pair->client.session);
    tls_pair_deliver(pair);
}

bool tls_pair_is_open(const tls_pair *pair)
{
    return pair->client.opens == 1 && pair->server.opens == 1 && pair->client.err == 0 &&
           pair->server.err == 0;
}

bool tls_end_got(tls_end *end, const char *text)
{
    const bool same = end->got_len == strlen(text) &&
                      (end->got_len == 0 || memcmp(end->got, text, end->got_len) == 0);

    end->got_len = 0;
    return same;
}
