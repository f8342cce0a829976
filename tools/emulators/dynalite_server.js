// SPDX-License-Identifier: MIT
// Runs dynalite on a free port of 127.0.0.1; prints the endpoint once it listens.
// Ends when the process that started it does, however that one ended.
'use strict'

const path = require('path')
const dynalite = require(path.resolve(process.argv[2], 'dynalite'))

const parent = process.ppid
const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
setInterval(() => { if (process.ppid !== parent) process.exit() }, 500).unref()
