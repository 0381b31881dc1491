using System.Runtime.CompilerServices;

// the scalar twins and the table of means are held against their vector forms
[assembly: InternalsVisibleTo("Models.Tests")]
