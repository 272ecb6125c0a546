using XdsCanary.TestKit;
using XdsCanary.XdsServer.Admin;

namespace XdsCanary.XdsServer.Tests.Admin;

public sealed class AdminTokenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.FullPath, AdminToken.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Token_that_is_set_counts_and_is_not_written_down()
    {
        var token = AdminToken.Obtain("given", _folder.FullPath);

        Assert.True(token.Admits("Bearer given"));
        Assert.True(token.Admits("bearer  given "));
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public void Made_token_is_kept_for_the_next_start()
    {
        AdminToken.Obtain(string.Empty, _folder.FullPath);
        var made = AdminToken.ReadFile(File);

        Assert.True(AdminToken.Obtain(string.Empty, _folder.FullPath).Admits($"Bearer {made}"));
        Assert.Equal(made, AdminToken.ReadFile(File));
    }

    [Fact]
    public void Empty_file_is_replaced()
    {
        System.IO.File.WriteAllText(File, "\n");

        var token = AdminToken.Obtain(string.Empty, _folder.FullPath);

        Assert.False(token.Admits("Bearer "));
        Assert.True(token.Admits($"Bearer {AdminToken.ReadFile(File)}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("given")]
    [InlineData("Basic given")]
    [InlineData("Bearer Given")]
    public void Everything_else_is_kept_out(string? authorization) =>
        Assert.False(AdminToken.Obtain("given", _folder.FullPath).Admits(authorization));

    [Fact]
    public void Unknown_token_admits_nobody() => Assert.False(AdminToken.Unknown().Admits("Bearer "));
}
