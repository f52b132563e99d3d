#pragma once

#include "web/json_text.h"
#include "web/model/model.h"

namespace web {

/// Data of the event "status": what the first page shows as it changes.
[[nodiscard]] Json status_event(Model& model);

/// null while nothing is downloaded.
[[nodiscard]] Json download_json(const p2pool::peers::DownloadProgress& download);

/// The worst first, and at most so many; without `names` those about single workers are left out.
[[nodiscard]] Json active_alerts(const Model& model, bool names, std::size_t most);

}  // namespace web
