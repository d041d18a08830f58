"""Pages of imports (导入页面): what was imported, for everybody; and the desk where an editor imports."""
