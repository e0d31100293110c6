/* What a manager does with requests outside dialogs that no usage takes. */
#ifndef DUM_OPTIONS_H
#define DUM_OPTIONS_H

#include "core/context.h"

/** Take OPTIONS (200 with what we can do, RFC 3261 11.2) and BYE (481, 15.1.2). */
void dum__options_init(dum_manager *dum);

#endif
