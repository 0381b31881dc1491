using System.Runtime.CompilerServices;

// tests compare the scalar counterparts and the table of means with their vector forms
[assembly: InternalsVisibleTo("Models.Tests")]
