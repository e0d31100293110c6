/* Which transaction user gets a request: the first one made whose configuration fits. */
#ifndef SIP_STACK_TU_SELECTOR_H
#define SIP_STACK_TU_SELECTOR_H

#include "transaction/layer.h"

/* True if a TU with this configuration takes `request`. */
bool sip__tu_selector_fits(const sip_tu_config *config, const sip_msg *request);
/* The first of the list of sip_tu that fits, or NULL. */
sip_tu *sip__tu_selector_find(const sip_list *tus, const sip_msg *request);
/* The first that wants stray responses, or NULL. */
sip_tu *sip__tu_selector_find_stray(const sip_list *tus);
/* Take back a TU that was made just now; it hears of nothing any more. NULL is fine. */
void sip__tu_forget(sip_tu *tu);

#endif
