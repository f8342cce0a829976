// SPDX-License-Identifier: MIT
//
// node tools/stylua/format.js NODE_MODULES check|write FILE...
//
// Formats Lua files as .stylua.toml says, with the stylua that NODE_MODULES holds. `check` changes
// nothing, names the files that are not formatted and fails if there are any.
"use strict";

const fs = require("fs");
const path = require("path");

const [modules, verb, ...files] = process.argv.slice(2);
if (!["check", "write"].includes(verb) || files.length === 0) {
  console.error("usage: node tools/stylua/format.js NODE_MODULES check|write FILE...");
  process.exit(2);
}
const stylua = require(path.resolve(modules, "@johnnymorganz/stylua/stylua_lib_node.cjs"));

// Option -> the enumeration of stylua that its words are of.
const WORDS = {
  syntax: stylua.LuaVersion,
  line_endings: stylua.LineEndings,
  indent_type: stylua.IndentType,
  quote_style: stylua.QuoteStyle,
  call_parentheses: stylua.CallParenType,
  collapse_simple_statement: stylua.CollapseSimpleStatement,
  space_after_function_names: stylua.SpaceAfterFunctionNames,
};

// Returns the value that a line of .stylua.toml gives an option.
function valueOf(option, text) {
  const value = JSON.parse(text);
  const known = WORDS[option] ? WORDS[option][value] : value;
  if (known === undefined) throw new Error(`.stylua.toml: ${option} = ${text}: no such word`);
  return known;
}

// Returns the options of .stylua.toml, which has one `option = value` a line.
function options() {
  const config = stylua.Config.new();
  const text = fs.readFileSync(path.join(__dirname, "../../.stylua.toml"), "utf8");
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const [, option, value] = /^(\w+) = (.+)$/.exec(line);
    if (!(option in config)) throw new Error(`.stylua.toml: no option ${option}`);
    config[option] = valueOf(option, value);
  }
  return config;
}

// Returns a text as stylua leaves it alone: what it lays out it may lay out again, some times over.
function settled(text) {
  const verification = stylua.OutputVerification.Full;
  const formatted = stylua.formatCode(text, options(), undefined, verification);
  return formatted === text ? text : settled(formatted);
}

// Formats one file; returns whether it was formatted already.
function format(file) {
  const text = fs.readFileSync(file, "utf8");
  const formatted = settled(text);
  if (formatted === text) return true;
  if (verb === "write") fs.writeFileSync(file, formatted);
  else console.log(`${file}: not formatted; run: make format`);
  return false;
}

const unformatted = files.filter((file) => !format(file));
if (verb === "check" && unformatted.length > 0) process.exit(1);
