#include "transaction/sent_by.h"

int sip__sent_by_find(sip__layer *layer, const sip_via *via,
                      void (*fn)(sip__locate *locate, int err, const char *text), void *arg,
                      sip__finder **ret_finder)
{
    sip__locate_can can = sip__transports_can(layer->config.transports);
    sip__finder *finder = sip__pool_take(&layer->finders);
    int err;

    if (finder == NULL) {
        return SIP_ENOMEM;
    }
    finder->locate.fn = fn;
    finder->locate.arg = arg;
    err = sip__locate_start_via(&finder->locate, layer->config.locator, via->protocol, via->host,
                                via->port, &can);
    if (err != 0 && err != SIP_EAGAIN) {
        sip__pool_give(&layer->finders, finder);
        return err;
    }
    *ret_finder = finder;
    return err;
}

bool sip__sent_by_next(sip__layer *layer, sip__finder *finder, sip_path *path)
{
    while (finder->next < finder->locate.n_targets) {
        sip_path next = sip__next_hop_path(layer, finder, finder->next++);

        if (!sip_addr_equal(&next.remote, &path->remote)) {
            next.local = path->local;
            *path = next;
            return true;
        }
    }
    return false;
}
