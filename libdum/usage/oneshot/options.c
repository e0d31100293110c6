#include "usage/oneshot/options.h"

#include "dialog/incoming.h"

/* Allow, Accept and Accept-Encoding come with every 200 to OPTIONS. An empty Supported says that no
 * extension is (RFC 3261 11.2, 20.37). */
static void take_options(dum_manager *dum, dum__incoming *in)
{
    static const sip_header headers[] = {
        {"Accept-Language", "en"}, {"Supported", ""}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};

    (void)dum;
    dum__incoming_respond(in, 200, &extras);
}

/* The dispatch finds the dialogs; a BYE that gets here has none. */
static void take_bye(dum_manager *dum, dum__incoming *in)
{
    (void)dum;
    dum__incoming_respond(in, 481, NULL);
}

static const dum__taker options_taker = {.take = take_options};
static const dum__taker bye_taker = {.take = take_bye};

void dum__options_init(dum_manager *dum)
{
    dum->takers[SIP_METHOD_OPTIONS] = &options_taker;
    dum->takers[SIP_METHOD_BYE] = &bye_taker;
}
