{
  "targets": [
    {
      "target_name": "subsocket",
      "sources": [
        "native/addon.cc",
        "native/batch.cc",
        "native/clock.cc",
        "native/constants.cc",
        "native/environment.cc",
        "native/exchange.cc",
        "native/message.cc",
        "native/options.cc",
        "native/poller.cc",
        "native/process.cc",
        "native/second_thread.cc",
        "native/sockets.cc",
        "native/system.cc",
        "native/tun.cc"
      ],
      "include_dirs": ["<!@(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
        # A worker that is being terminated can no longer throw: then nothing is thrown, instead of ending the process.
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS", "_GNU_SOURCE"],
      "cflags_cc": ["-std=c++17", "-O2", "-Wall", "-Wextra", "-fno-exceptions", "-fvisibility=hidden", "-pthread"],
      "ldflags": ["-pthread"],
      "cflags_cc!": ["-std=gnu++20", "-std=gnu++17"]
    }
  ]
}
